import { makeStyles, tokens } from "@fluentui/react-components";
import type { LoadSample } from "@/ipc/generated/LoadSample";
import { moment, seriesOf } from "./loadSeries";

/** The numbers of the charts, row by row: at most 240. */
export function LoadTable({ samples }: { samples: LoadSample[] }) {
  const styles = useStyles();
  const series = seriesOf({ samples, ceiling: 0, backOffs: 0, allowed: null, sentence: "" });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long table scrolls by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Server load over time">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" className={styles.head}>
              Time
            </th>
            {series.map(({ id, title }) => (
              <th key={id} scope="col" className={styles.head}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {samples.map(({ atMs }, index) => (
            <tr key={atMs}>
              <th scope="row" className={styles.cell}>
                {moment(atMs)}
              </th>
              {series.map(({ id, values, words }) => {
                const value = values[index] ?? null;
                return (
                  <td key={id} className={styles.cell}>
                    {value === null ? "–" : words(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const useStyles = makeStyles({
  scroll: {
    maxHeight: "280px",
    overflow: "auto",
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  table: {
    width: "100%",
    borderCollapse: "collapse",
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: "tabular-nums",
  },
  head: {
    position: "sticky",
    top: 0,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    textAlign: "end",
    backgroundColor: tokens.colorNeutralBackground2,
  },
  cell: {
    padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
    textAlign: "end",
    fontWeight: tokens.fontWeightRegular,
    borderTop: `1px solid ${tokens.colorNeutralStroke3}`,
  },
});
