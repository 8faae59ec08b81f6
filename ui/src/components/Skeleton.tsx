import { Skeleton as FluentSkeleton, makeStyles, SkeletonItem, tokens } from "@fluentui/react-components";
import { useEffect, useState } from "react";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, padding: tokens.spacingVerticalM },
});

/** Gray rows while something loads; they come after 150 ms, so that quick answers do not flicker. */
export function Skeleton({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  const styles = useStyles();
  const shown = useAfter(150);
  return (
    <div aria-busy="true" role="status" aria-label={label}>
      {shown ? (
        <FluentSkeleton className={styles.root} aria-label={label}>
          {Array.from({ length: rows }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
            <SkeletonItem key={row} size={24} />
          ))}
        </FluentSkeleton>
      ) : null}
    </div>
  );
}

function useAfter(milliseconds: number): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return over;
}
