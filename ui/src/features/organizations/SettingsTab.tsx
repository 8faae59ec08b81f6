export function OrganizationSettingsTab({ organization }: { organization: number }) {
  return <p>OrganizationSettingsTab {organization}</p>;
}
