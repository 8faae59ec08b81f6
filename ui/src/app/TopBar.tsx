import {
  Breadcrumb,
  BreadcrumbButton,
  BreadcrumbDivider,
  BreadcrumbItem,
  Button,
  makeStyles,
  Tooltip,
  tokens,
} from "@fluentui/react-components";
import { ArrowLeftRegular, KeyboardRegular } from "@fluentui/react-icons";
import { useCanGoBack, useNavigate, useRouter } from "@tanstack/react-router";
import { Fragment } from "react";
import { useCrumbs } from "./crumbs";

const useStyles = makeStyles({
  root: {
    display: "flex",
    alignItems: "center",
    flexShrink: 0,
    gap: tokens.spacingHorizontalS,
    minHeight: "44px",
    padding: `0 ${tokens.spacingHorizontalM}`,
  },
  // A long name is cut, never the page widened.
  crumbs: { minWidth: 0, overflow: "hidden" },
  crumb: { minWidth: 0, maxWidth: "40vw" },
  words: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  grow: { flexGrow: 1 },
});

/** Back, where this screen is, and its keys. */
export function TopBar({ onKeys }: { onKeys: () => void }) {
  const styles = useStyles();
  const router = useRouter();
  const navigate = useNavigate();
  const canGoBack = useCanGoBack();
  const crumbs = useCrumbs();
  return (
    <header className={styles.root} data-pane>
      <Button
        appearance="subtle"
        icon={<ArrowLeftRegular />}
        aria-label="Back"
        disabled={!canGoBack}
        onClick={() => router.history.back()}
      />
      <Breadcrumb aria-label="Breadcrumb" className={styles.crumbs}>
        {crumbs.map((crumb, index) => {
          const last = index === crumbs.length - 1;
          return (
            <Fragment key={crumb.href}>
              {index === 0 ? null : <BreadcrumbDivider />}
              <BreadcrumbItem>
                <BreadcrumbButton
                  className={styles.crumb}
                  current={last}
                  title={crumb.label}
                  onClick={last ? undefined : () => void navigate({ href: crumb.href })}
                >
                  <span className={styles.words}>{crumb.label}</span>
                </BreadcrumbButton>
              </BreadcrumbItem>
            </Fragment>
          );
        })}
      </Breadcrumb>
      <span className={styles.grow} />
      <Tooltip content="Keys on this screen (F1)" relationship="label">
        <Button appearance="subtle" icon={<KeyboardRegular />} onClick={onKeys} />
      </Tooltip>
    </header>
  );
}
