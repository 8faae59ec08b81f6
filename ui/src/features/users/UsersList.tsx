export function UsersList({ organization }: { organization: number }) {
  return <p>UsersList {organization}</p>;
}
