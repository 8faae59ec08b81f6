export function ConfigurationTab({ organization }: { organization: number }) {
  return <p>ConfigurationTab {organization}</p>;
}
