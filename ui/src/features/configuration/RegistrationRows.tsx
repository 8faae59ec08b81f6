import { Dropdown, Link, makeStyles, Option, Radio, RadioGroup, tokens, useId } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AuthorityKind } from "@/ipc/generated/AuthorityKind";
import type { Cloud } from "@/ipc/generated/Cloud";
import { FieldRow } from "./FieldRow";
import { authorityNames, cloudNames, registrationGuide } from "./modern";
import { TextRow } from "./TextRow";
import type { Configuration } from "./useConfiguration";

type RowProps = { form: Configuration };

const authorities: readonly AuthorityKind[] = ["entra", "ad_fs", "open_id"];

type AuthorityRowProps = { form: Configuration; aside?: ReactNode; below?: ReactNode };

/** `Authority`: who issues the tokens. */
export function AuthorityRow({ form: { state, dispatch }, aside, below }: AuthorityRowProps) {
  const styles = useStyles();
  const id = useId("authority");
  return (
    <FieldRow label="Authority" htmlFor={id} aside={aside} below={below}>
      <RadioGroup
        id={id}
        layout="horizontal"
        className={styles.choices}
        aria-label="Authority"
        value={state.form.modern.authority}
        onChange={(_, { value }) => {
          const authority = authorities.find((kind) => kind === value);
          if (authority) dispatch({ kind: "modern", change: { authority } });
        }}
      >
        {authorities.map((kind) => (
          <Radio key={kind} value={kind} label={authorityNames[kind]} />
        ))}
      </RadioGroup>
    </FieldRow>
  );
}

/** The address of an authority that is not Entra. */
export function AuthorityUrlRow({ form: { state, dispatch, validation, report } }: RowProps) {
  const { authority, authorityUrl } = state.form.modern;
  const adFs = authority === "ad_fs";
  return (
    <TextRow
      label={adFs ? "AD FS address" : "Issuer URL"}
      field="authorityUrl"
      value={authorityUrl}
      placeholder={adFs ? "https://adfs.example.com" : "https://id.example.com"}
      inputMode="url"
      messages={[...report.at("authorityUrl"), ...validation.of("authorityUrl")]}
      onChange={(authorityUrl) => dispatch({ kind: "modern", change: { authorityUrl } })}
      onBlur={() => validation.leave("authorityUrl")}
    />
  );
}

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
export function ClientIdRow({ form: { organization, state, dispatch, validation, report } }: RowProps) {
  const navigate = useNavigate();
  const entra = state.form.modern.authority === "entra";
  const open = () => {
    const guide = registrationGuide(state.form);
    void navigate({ to: "/guide/$guide", params: { guide }, search: { organization } as never });
  };
  return (
    <TextRow
      label="Application (client) ID"
      field="clientId"
      value={state.form.modern.clientId}
      placeholder={entra ? "00000000-0000-0000-0000-000000000000" : "As registered with the authority"}
      messages={[...report.at("clientId"), ...validation.of("clientId")]}
      aside={
        <Link as="button" onClick={open}>
          How to register one
        </Link>
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

const useStyles = makeStyles({
  field: { width: "100%", minWidth: 0 },
  choices: { marginLeft: `calc(-1 * ${tokens.spacingHorizontalS})` },
});
