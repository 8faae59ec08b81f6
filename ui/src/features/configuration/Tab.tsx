import { ProblemBar } from "@/components/ProblemBar";
import { Skeleton } from "@/components/Skeleton";
import { useRead } from "@/lib/queries";
import { ConfigurationForm } from "./ConfigurationForm";

/** The `Email Configuration` tab of an organization. */
export function ConfigurationTab({ organization }: { organization: number }) {
  const app = useRead("app_state", {});
  const page = useRead("organization_show", { organization });
  const configuration = useRead("email_configuration_show", { organization });
  const failed = [configuration, page, app].find((read) => read.error !== null && read.data === undefined);
  if (failed?.error) {
    return (
      <ProblemBar
        title="Email Configuration can't be shown."
        error={failed.error}
        onRetry={() => void failed.refetch()}
      />
    );
  }
  if (!app.data || !page.data || !configuration.data) return <Skeleton label="Loading Email Configuration" />;
  return (
    <ConfigurationForm
      key={organization}
      organization={organization}
      app={app.data}
      page={page.data}
      configuration={configuration.data}
    />
  );
}
