import { Button, Dropdown, makeStyles, Option, useId } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import type { Cloud } from "@/ipc/generated/Cloud";
import { FieldRow } from "./FieldRow";
import { cloudNames } from "./modern";
import { TextRow } from "./TextRow";
import type { Configuration } from "./useConfiguration";

type RowProps = { form: Configuration };

/** `Directory (tenant) ID` */
export function TenantRow({ form: { state, dispatch, validation, report } }: RowProps) {
  return (
    <TextRow
      label="Directory (tenant) ID"
      field="tenant"
      value={state.form.modern.tenant}
      placeholder="GUID, or a domain of the tenant"
      messages={[...report.at("tenant"), ...validation.of("tenant")]}
      onChange={(tenant) => dispatch({ kind: "modern", change: { tenant } })}
      onBlur={() => validation.leave("tenant")}
    />
  );
}

/** `Application (client) ID` */
export function ClientIdRow({ form: { state, dispatch, validation, report } }: RowProps) {
  const navigate = useNavigate();
  return (
    <TextRow
      label="Application (client) ID"
      field="clientId"
      value={state.form.modern.clientId}
      placeholder="00000000-0000-0000-0000-000000000000"
      messages={[...report.at("clientId"), ...validation.of("clientId")]}
      aside={
        <Button
          size="small"
          appearance="subtle"
          aria-label="Open the Guide: how to register an app"
          onClick={() => void navigate({ to: "/guide" })}
        >
          Guide
        </Button>
      }
      onChange={(clientId) => dispatch({ kind: "modern", change: { clientId } })}
      onBlur={() => validation.leave("clientId")}
    />
  );
}

/** `Cloud` */
export function CloudRow({ form: { state, dispatch } }: RowProps) {
  const styles = useStyles();
  const id = useId("cloud");
  const { cloud } = state.form.modern;
  return (
    <FieldRow label="Cloud" htmlFor={id}>
      <Dropdown
        id={id}
        className={styles.field}
        value={cloudNames[cloud]}
        selectedOptions={[cloud]}
        onOptionSelect={(_, { optionValue }) => {
          if (optionValue !== undefined) dispatch({ kind: "modern", change: { cloud: optionValue as Cloud } });
        }}
      >
        {Object.entries(cloudNames).map(([key, name]) => (
          <Option key={key} value={key}>
            {name}
          </Option>
        ))}
      </Dropdown>
    </FieldRow>
  );
}

const useStyles = makeStyles({ field: { width: "100%", minWidth: 0 } });
