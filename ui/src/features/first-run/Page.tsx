export function FirstRunPage() {
  return <p>FirstRunPage</p>;
}
