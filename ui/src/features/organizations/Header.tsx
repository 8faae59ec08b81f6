export function OrganizationHeader({ organization }: { organization: number }) {
  return <p>OrganizationHeader {organization}</p>;
}
