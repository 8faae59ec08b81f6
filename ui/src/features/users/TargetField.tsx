import { Dropdown, Option } from "@fluentui/react-components";
import { Field } from "@/components/Field";
import type { useTarget } from "./useTarget";

/** Where the users go, where there is a choice. */
export function TargetField({ organizations, target, setTarget }: ReturnType<typeof useTarget>) {
  if (organizations === undefined) {
    return null;
  }
  return (
    <Field label="Organization">
      <Dropdown
        value={organizations.find((row) => row.id === target)?.name ?? ""}
        selectedOptions={[String(target)]}
        onOptionSelect={(_, data) => setTarget(Number(data.optionValue))}
      >
        {organizations.map((row) => (
          <Option key={row.id} value={String(row.id)}>
            {row.name}
          </Option>
        ))}
      </Dropdown>
    </Field>
  );
}
