export function OrganizationsPage() {
  return <p>OrganizationsPage</p>;
}
