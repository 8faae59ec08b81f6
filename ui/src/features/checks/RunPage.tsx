export function RunPage({ run }: { run: string }) {
  return <p>RunPage {run}</p>;
}
