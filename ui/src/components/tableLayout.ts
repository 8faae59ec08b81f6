/** Height of a row in pixels. */
export const rowHeight = 40;
/** Width of the column of checkboxes in pixels. */
export const checkWidth = 44;
