export function HistoryTab({ organization }: { organization: number }) {
  return <p>HistoryTab {organization}</p>;
}
