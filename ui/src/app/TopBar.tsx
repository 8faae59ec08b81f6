import {
  Breadcrumb,
  BreadcrumbButton,
  BreadcrumbDivider,
  BreadcrumbItem,
  Button,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import { ArrowLeftRegular } from "@fluentui/react-icons";
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
});

/** Back, and where this screen is. */
export function TopBar() {
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
      <Breadcrumb aria-label="Breadcrumb">
        {crumbs.map((crumb, index) => {
          const last = index === crumbs.length - 1;
          return (
            <Fragment key={crumb.href}>
              {index === 0 ? null : <BreadcrumbDivider />}
              <BreadcrumbItem>
                <BreadcrumbButton current={last} onClick={last ? undefined : () => void navigate({ href: crumb.href })}>
                  {crumb.label}
                </BreadcrumbButton>
              </BreadcrumbItem>
            </Fragment>
          );
        })}
      </Breadcrumb>
    </header>
  );
}
