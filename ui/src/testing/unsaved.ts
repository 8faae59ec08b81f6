import { screen, within } from "@testing-library/react";

/** The question of `UnsavedGuard`, and its buttons. */
export async function unsavedQuestion(title: string) {
  const dialog = within(await screen.findByRole("alertdialog", { name: title }));
  return { button: (name: string) => dialog.getByRole("button", { name }) };
}
