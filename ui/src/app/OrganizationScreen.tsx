import { makeStyles, Tab, TabList, tokens } from "@fluentui/react-components";
import { Outlet, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { ProblemBar } from "@/components/ProblemBar";
import { OrganizationHeader } from "@/features/organizations/Header";
import { useHotkeys } from "@/lib/keys";
import { useRead } from "@/lib/queries";

const tabs = [
  { key: "users", label: "Users", to: "/organizations/$id/users" },
  { key: "configuration", label: "Email Configuration", to: "/organizations/$id/configuration" },
  { key: "checks", label: "Checks", to: "/organizations/$id/checks" },
  { key: "settings", label: "Settings", to: "/organizations/$id/settings" },
] as const;

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0, minWidth: 0 },
  tabs: { borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, flexShrink: 0 },
  content: {
    display: "flex",
    flexDirection: "column",
    flexGrow: 1,
    minHeight: 0,
    minWidth: 0,
    paddingTop: tokens.spacingVerticalM,
    overflowY: "auto",
  },
});

/** The page of one organization: header, tabs, and the tab the address names. */
export function OrganizationScreen() {
  const styles = useStyles();
  const { id } = useParams({ from: "/organizations/$id" });
  const navigate = useNavigate();
  const path = useLocation({ select: (location) => location.pathname });
  const read = useRead("organization_show", { organization: id });
  const current = tabs.findIndex((tab) => path.endsWith(`/${tab.key}`));
  const open = (index: number) => {
    const tab = tabs[(index + tabs.length) % tabs.length];
    if (tab !== undefined) {
      void navigate({ to: tab.to, params: { id } });
    }
  };
  useHotkeys({ "ctrl+tab": () => open(current + 1), "ctrl+shift+tab": () => open(current - 1) });
  if (read.error !== null && read.data === undefined) {
    return (
      <ProblemBar title="The organization can't be shown." error={read.error} onRetry={() => void read.refetch()} />
    );
  }
  return (
    <div className={styles.root}>
      <OrganizationHeader organization={id} />
      <TabList
        className={styles.tabs}
        selectedValue={tabs[current]?.key ?? null}
        onTabSelect={(_, data) => open(tabs.findIndex((tab) => tab.key === data.value))}
        aria-label="Organization"
      >
        {tabs.map((tab) => (
          <Tab key={tab.key} value={tab.key}>
            {tab.label}
          </Tab>
        ))}
      </TabList>
      <div className={styles.content}>
        <Outlet />
      </div>
    </div>
  );
}
