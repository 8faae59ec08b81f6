import {
  Badge,
  Button,
  Link as FluentLink,
  makeStyles,
  Text,
  Title2,
  Tooltip,
  tokens,
} from "@fluentui/react-components";
import {
  ArrowRepeatAllRegular,
  DismissCircleRegular,
  PauseRegular,
  PlayRegular,
  SettingsRegular,
} from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { memo } from "react";
import { When } from "@/components/When";
import type { Authentication } from "@/ipc/generated/Authentication";
import type { ExportFormat } from "@/ipc/generated/ExportFormat";
import type { RunRow } from "@/ipc/generated/RunRow";
import { count } from "@/lib/format";
import { authentications } from "@/lib/labels";
import { ExportMenu } from "./ExportMenu";
import { scopeWords, settingsWords } from "./runWords";

type RunHeaderProps = {
  row: RunRow;
  running: boolean;
  paused: boolean;
  /** It is being paused, continued or canceled. */
  busy: boolean;
  exporting: boolean;
  /** Why nothing can be checked again; null: it can. */
  recheckBlocked: string | null;
  /** It was cut off and has mailboxes left. */
  resumable: boolean;
  /** Why it cannot go on now; null: it can. */
  resumeBlocked: string | null;
  onPause: () => void;
  onCancel: () => void;
  onResume: () => void;
  onRecheck: () => void;
  onExport: (format: ExportFormat) => void;
};

/** Title, organization, number, settings; what was asked, as whom; and the buttons. */
export const RunHeader = memo(function RunHeader(props: RunHeaderProps) {
  const { row, running, recheckBlocked } = props;
  const styles = useStyles();
  return (
    <header className={styles.root}>
      <div className={styles.line}>
        <Title2 as="h1" className={styles.title}>{`Run ${count(row.number)}`}</Title2>
        <Organization row={row} />
        <Badge appearance="outline" icon={<SettingsRegular aria-hidden />}>
          {settingsWords(row)}
        </Badge>
        {props.paused && (
          <Badge appearance="tint" color="warning" icon={<PauseRegular aria-hidden />}>
            Paused
          </Badge>
        )}
        <span className={styles.space} />
        {running ? (
          <Running {...props} />
        ) : (
          <>
            {props.resumable && <Resume blocked={props.resumeBlocked} onResume={props.onResume} />}
            <Recheck blocked={recheckBlocked} onRecheck={props.onRecheck} />
          </>
        )}
        <ExportMenu busy={props.exporting} onExport={props.onExport} />
      </div>
      <dl className={styles.facts}>
        <Fact term="Scope" value={scopeWords(row.scope)} />
        <Fact term="Account" value={row.account} />
        <Fact term="EWS URL" value={row.ewsUrl} />
        <Fact term="Authentication" value={authentications[row.auth as Authentication] ?? row.auth} />
        {row.serverVersion !== null && <Fact term="Server" value={row.serverVersion} />}
        <div className={styles.fact}>
          <dt className={styles.term}>{row.finishedAt === null ? "Started" : "Started, ended"}</dt>
          <dd className={styles.value}>
            <When at={row.startedAt} />
            {row.finishedAt !== null && (
              <>
                {" – "}
                <When at={row.finishedAt} withAge />
              </>
            )}
          </dd>
        </div>
      </dl>
    </header>
  );
});

/** `Pause` and `Resume` are one button: the keyboard stays on it. */
function Running({ paused, busy, onPause, onCancel }: RunHeaderProps) {
  return (
    <>
      <Button
        icon={paused ? <PlayRegular /> : <PauseRegular />}
        disabledFocusable={busy}
        aria-keyshortcuts="P"
        onClick={onPause}
      >
        {paused ? "Resume" : "Pause"}
      </Button>
      <Button icon={<DismissCircleRegular />} disabledFocusable={busy} onClick={onCancel}>
        Cancel
      </Button>
    </>
  );
}

function Resume({ blocked, onResume }: { blocked: string | null; onResume: () => void }) {
  return (
    <Tooltip
      relationship="description"
      content={blocked ?? "Asks the mailboxes that are left; what is decided is not asked again"}
    >
      <Button
        appearance="primary"
        icon={<PlayRegular />}
        disabledFocusable={blocked !== null}
        onClick={() => blocked === null && onResume()}
      >
        Resume
      </Button>
    </Tooltip>
  );
}

function Organization({ row }: { row: RunRow }) {
  const navigate = useNavigate();
  const id = row.organization;
  if (id === null) return <Text>One-off audit</Text>;
  return (
    <FluentLink as="button" onClick={() => void navigate({ to: "/organizations/$id/configuration", params: { id } })}>
      {row.organizationName ?? "Organization"}
    </FluentLink>
  );
}

function Recheck({ blocked, onRecheck }: { blocked: string | null; onRecheck: () => void }) {
  return (
    <Tooltip
      relationship="description"
      content={blocked ?? "Failed and undetermined mailboxes, with the saved settings"}
    >
      <Button
        icon={<ArrowRepeatAllRegular />}
        disabledFocusable={blocked !== null}
        aria-keyshortcuts="F5"
        onClick={() => blocked === null && onRecheck()}
      >
        Re-check failed only
      </Button>
    </Tooltip>
  );
}

function Fact({ term, value }: { term: string; value: string }) {
  const styles = useStyles();
  return (
    <div className={styles.fact}>
      <dt className={styles.term}>{term}</dt>
      <dd className={styles.value}>{value}</dd>
    </div>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM },
  title: { margin: 0, fontSize: tokens.fontSizeBase600, lineHeight: tokens.lineHeightBase600 },
  space: { flexGrow: 1 },
  facts: {
    display: "flex",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalXL,
    rowGap: tokens.spacingVerticalXXS,
    margin: 0,
    fontSize: tokens.fontSizeBase200,
  },
  fact: { display: "flex", gap: tokens.spacingHorizontalXS, minWidth: 0 },
  term: { color: tokens.colorNeutralForeground3 },
  value: { margin: 0, overflowWrap: "anywhere" },
});
