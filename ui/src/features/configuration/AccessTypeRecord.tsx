import { makeStyles, Text, Title3, tokens, useId } from "@fluentui/react-components";
import type { AccessTypeInfo } from "@/ipc/generated/AccessTypeInfo";

/** The explanation panel of an entry that is shown for the record. */
export function AccessTypeRecord({ entry }: { entry: AccessTypeInfo }) {
  const styles = useStyles();
  const id = useId("record");
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <Title3 as="h2" id={id} className={styles.title}>
        Shown for the record
      </Title3>
      <Text>This type can be chosen and saved. Understudy doesn't check it.</Text>
      <dl className={styles.facts}>
        <Fact term="What it needs" text={entry.needs} />
        <Fact term="Why Understudy can't do it" text={entry.whyNot} />
        <Fact term="Use instead" text={entry.instead} />
      </dl>
      {entry.controls.length > 0 && (
        <>
          <Text weight="semibold">Controls of the original panel</Text>
          <ul className={styles.controls}>
            {entry.controls.map((control) => (
              <li key={control}>{control}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Fact({ term, text }: { term: string; text: string }) {
  const styles = useStyles();
  if (text === "") return null;
  return (
    <>
      <dt className={styles.term}>{term}</dt>
      <dd className={styles.text}>{text}</dd>
    </>
  );
}

const useStyles = makeStyles({
  panel: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalL,
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400 },
  facts: {
    display: "grid",
    gridTemplateColumns: "minmax(140px, max-content) 1fr",
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalXS,
    margin: 0,
  },
  term: { fontWeight: tokens.fontWeightSemibold },
  text: { margin: 0 },
  controls: { margin: 0, paddingLeft: tokens.spacingHorizontalXL },
});
