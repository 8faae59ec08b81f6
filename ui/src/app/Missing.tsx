import { Button } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { EmptyState } from "@/components/EmptyState";

/** An address that leads nowhere. */
export function Missing() {
  const navigate = useNavigate();
  return (
    <EmptyState text="There is nothing at this address.">
      <Button appearance="primary" onClick={() => navigate({ to: "/organizations" })}>
        Open Organizations
      </Button>
    </EmptyState>
  );
}
