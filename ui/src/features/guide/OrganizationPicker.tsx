import { Dropdown, Label, makeStyles, Option, tokens } from "@fluentui/react-components";
import { useId } from "react";
import { type GuideOrganization, placeholders } from "./useGuideOrganization";

type OrganizationPickerProps = {
  organization: GuideOrganization;
  /** Why another can't be chosen now. */
  blocked?: string | undefined;
};

/** Whose names stand in the commands. */
export function OrganizationPicker({ organization, blocked }: OrganizationPickerProps) {
  const styles = useStyles();
  const id = useId();
  return (
    <div className={styles.root}>
      <Label htmlFor={id}>Names of</Label>
      <Dropdown
        id={id}
        className={styles.choice}
        disabled={blocked !== undefined}
        title={blocked}
        value={organization.row?.name ?? "Placeholders"}
        selectedOptions={[String(organization.id ?? placeholders)]}
        onOptionSelect={(_, data) => data.optionValue !== undefined && organization.choose(data.optionValue)}
      >
        {organization.organizations.map((row) => (
          <Option key={row.id} value={String(row.id)}>
            {row.name}
          </Option>
        ))}
        <Option value={placeholders}>Placeholders</Option>
      </Dropdown>
    </div>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  choice: { minWidth: "160px", maxWidth: "260px" },
});
