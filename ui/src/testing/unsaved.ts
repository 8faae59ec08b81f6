import { screen, within } from "@testing-library/react";

/**
 * The question of `UnsavedGuard`. Looked up hidden or not: the simulated page moves the keyboard into a dialog late when
 * the machine is busy, and until then the dialog counts as hidden.
 */
export async function unsavedQuestion(title: string) {
  const heading = await screen.findByText(title);
  const dialog = within(heading.closest('[role="alertdialog"]') as HTMLElement);
  return { button: (name: string) => dialog.getByRole("button", { name, hidden: true }) };
}
