import { PageTitle } from "@/components/PageTitle";
import { UsersList } from "./UsersList";

/** `Users` of all organizations. */
export function UsersPage() {
  return (
    <>
      <PageTitle title="Users" />
      <UsersList />
    </>
  );
}
