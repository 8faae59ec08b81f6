import { waitFor, within } from "@testing-library/react";

/**
 * The open dialog of this title. By its title and not by its name: in a page without layout Fluent may hide the dialog
 * itself from assistive technology, and what is hidden has no name. The journeys prove the name, in a real browser.
 */
export async function findDialog(title: string) {
  return within(
    await waitFor(() => {
      const open = [...document.querySelectorAll<HTMLElement>("[role=dialog], [role=alertdialog]")];
      const found = open.find((dialog) => dialog.querySelector("h2")?.textContent === title);
      if (!found) throw new Error(`no dialog "${title}" is open`);
      return found;
    }),
  );
}
