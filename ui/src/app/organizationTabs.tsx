import { useParams } from "@tanstack/react-router";
import { HistoryTab } from "@/features/checks/HistoryTab";
import { ConfigurationTab } from "@/features/configuration/Tab";
import { HybridCard } from "@/features/organizations/HybridCard";
import { OrganizationSettingsTab } from "@/features/organizations/SettingsTab";
import { ServiceAccountPage } from "@/features/service-account/Page";
import { UsersList } from "@/features/users/UsersList";

/** `Users` of one organization. */
export function UsersTab() {
  const organization = useOrganization();
  return (
    <>
      <HybridCard key={`map ${organization}`} organization={organization} quiet />
      <UsersList key={organization} organization={organization} />
    </>
  );
}

/** `Email Configuration`. */
export function EmailConfigurationTab() {
  return <ConfigurationTab key={useOrganization()} organization={useOrganization()} />;
}

/** `Checks`: the history. */
export function ChecksTab() {
  return <HistoryTab key={useOrganization()} organization={useOrganization()} />;
}

/** `Settings` of one organization. */
export function SettingsTab() {
  return <OrganizationSettingsTab key={useOrganization()} organization={useOrganization()} />;
}

/** `Service Account Access`, reached from the check's menu. */
export function ServiceAccountTab() {
  return <ServiceAccountPage key={useOrganization()} organization={useOrganization()} />;
}

function useOrganization(): number {
  return useParams({ from: "/organizations/$id" }).id;
}
