import { findDialog } from "./dialogs";

/** The question of `UnsavedGuard`, and its buttons. */
export async function unsavedQuestion(title: string) {
  const dialog = await findDialog(title);
  return { button: (name: string) => dialog.getByRole("button", { name }) };
}
