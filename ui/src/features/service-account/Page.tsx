import { ProblemBar } from "@/components/ProblemBar";
import { Skeleton } from "@/components/Skeleton";
import { useRead } from "@/lib/queries";
import { text, useUrlState } from "@/lib/urlState";
import { TestScreen } from "./TestScreen";

/** `Service Account Access`: Microsoft's test with the same fields, of one mailbox, from this computer. */
export function ServiceAccountPage({ organization }: { organization: number }) {
  const [url] = useUrlState();
  const app = useRead("app_state", {});
  const configuration = useRead("email_configuration_show", { organization });
  const users = useRead("users_page", { organization, offset: 0, limit: 1 });
  const failed = [app, configuration, users].find((read) => read.error !== null && read.data === undefined);
  if (failed?.error) {
    return (
      <ProblemBar
        title="Service Account Access can't be shown."
        error={failed.error}
        onRetry={() => void failed.refetch()}
      />
    );
  }
  if (!app.data || !configuration.data || !users.data) return <Skeleton label="Loading Service Account Access" />;
  return (
    <TestScreen
      organization={organization}
      app={app.data}
      configuration={configuration.data}
      mailbox={text(url, "mailbox") || (users.data.rows[0]?.address ?? "")}
    />
  );
}
