import { useParams } from "@tanstack/react-router";
import { HistoryTab } from "@/features/checks/HistoryTab";
import { ConfigurationTab } from "@/features/configuration/Tab";
import { OrganizationSettingsTab } from "@/features/organizations/SettingsTab";
import { ServiceAccountPage } from "@/features/service-account/Page";
import { UsersList } from "@/features/users/UsersList";

/** `Users` of one organization. */
export function UsersTab() {
  return <UsersList key={useOrganization()} organization={useOrganization()} />;
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
