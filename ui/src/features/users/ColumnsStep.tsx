import { makeStyles, Tag, TagGroup, tokens } from "@fluentui/react-components";
import type { ImportPreview } from "@/ipc/generated/ImportPreview";

const useStyles = makeStyles({
  root: {
    display: "grid",
    gridTemplateColumns: "max-content 1fr",
    columnGap: tokens.spacingHorizontalXL,
    rowGap: tokens.spacingVerticalM,
    margin: 0,
    alignItems: "start",
    "& dt": { color: tokens.colorNeutralForeground2 },
    "& dd": { margin: 0 },
  },
  tags: { flexWrap: "wrap", rowGap: tokens.spacingVerticalXS },
  note: { color: tokens.colorNeutralForeground2 },
});

const separators: Record<string, string> = {
  comma: "Comma",
  semicolon: "Semicolon",
  tab: "Tab",
  lines: "One address a line",
};

/** How the list was read. */
export function ColumnsStep({ preview }: { preview: ImportPreview }) {
  const styles = useStyles();
  return (
    <>
      <dl className={styles.root}>
        <dt>Encoding</dt>
        <dd>{preview.encoding}</dd>
        <dt>Separator</dt>
        <dd>{separators[preview.separator] ?? preview.separator}</dd>
        <dt>Columns used</dt>
        <dd>
          {preview.columns.length === 0 ? (
            "No header: every line is an address."
          ) : (
            <TagGroup className={styles.tags} aria-label="Columns used">
              {preview.columns.map((column) => (
                <Tag key={column} value={column}>
                  {column}
                </Tag>
              ))}
            </TagGroup>
          )}
        </dd>
      </dl>
      <span className={styles.note}>
        Known headers: DisplayName or Name, PrimarySmtpAddress or E-Mail, UserPrincipalName, RecipientTypeDetails,
        EmailAddresses, SID, Tags. Other columns are left out.
      </span>
    </>
  );
}
