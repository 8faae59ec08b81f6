import { tokens } from "@fluentui/react-components";

/** Height of a row in pixels. */
export const rowHeight = 40;
/** Width of the column of checkboxes in pixels. */
export const checkWidth = 44;

/** Background under the pointer. The hover and selected colors of the high contrast theme would need other text. */
export const hovered = tokens.colorNeutralBackground3;
/** A row that is selected or open: tinted, and framed where a theme knows no tints. */
export const marked = {
  backgroundColor: tokens.colorBrandBackground2,
  boxShadow: `inset 0 0 0 2px ${tokens.colorTransparentStrokeInteractive}`,
  ":hover": { backgroundColor: tokens.colorBrandBackground2 },
  "@media (forced-colors: active)": { outline: "2px solid Highlight", outlineOffset: "-3px" },
} as const;
