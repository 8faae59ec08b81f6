import { makeStyles, tokens } from "@fluentui/react-components";
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useAppState } from "@/lib/appState";
import { liveKeys, useHotkeys } from "@/lib/keys";
import { KeyList } from "./KeyList";
import { PracticeBand } from "./PracticeBand";
import { places, Rail } from "./Rail";
import { StatusBar } from "./StatusBar";
import { TopBar } from "./TopBar";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", height: "100%", backgroundColor: tokens.colorNeutralBackground2 },
  middle: { display: "flex", flexGrow: 1, minHeight: 0 },
  column: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0 },
  main: {
    display: "flex",
    flexDirection: "column",
    flexGrow: 1,
    minHeight: 0,
    minWidth: 0,
    overflow: "auto",
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalXL}`,
    backgroundColor: tokens.colorNeutralBackground1,
    borderTopLeftRadius: tokens.borderRadiusXLarge,
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  skip: {
    position: "absolute",
    top: "-60px",
    left: tokens.spacingHorizontalM,
    zIndex: 10,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    border: "none",
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForegroundOnBrand,
    backgroundColor: tokens.colorBrandBackground,
    ":focus": { top: tokens.spacingVerticalS },
  },
});

/** Rail, top bar, status bar, and between them the screen of the address. */
export function Shell() {
  const styles = useStyles();
  const navigate = useNavigate();
  const [keys, setKeys] = useState<readonly string[]>();
  const main = useRef<HTMLElement>(null);
  const practice = useAppState()?.practice ?? null;
  const firstRun = useLocation({ select: (location) => location.pathname === "/first-run" });
  useHotkeys({
    ...Object.fromEntries(places.map(({ digit, to }) => [`ctrl+${digit}`, () => void navigate({ to })])),
    "ctrl+,": () => void navigate({ to: "/settings" }),
    f6: () => nextPane(1),
    "shift+f6": () => nextPane(-1),
    f1: () => setKeys(liveKeys()),
    "shift+?": () => setKeys(liveKeys()),
  });
  // Never a page reload: screens that check something hear these keys themselves.
  useHotkeys({ f5: () => {}, "ctrl+r": () => {} }, { unlisted: true });
  return (
    <div className={styles.root}>
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      {practice === null ? null : <PracticeBand practice={practice} />}
      <div className={styles.middle}>
        {firstRun ? null : <Rail />}
        <div className={styles.column}>
          {firstRun ? null : <TopBar onKeys={() => setKeys(liveKeys())} />}
          <main ref={main} id="content" className={styles.main} tabIndex={-1} data-pane>
            <Outlet />
          </main>
        </div>
      </div>
      {firstRun ? null : <StatusBar />}
      {keys === undefined ? null : <KeyList live={keys} onClose={() => setKeys(undefined)} />}
    </div>
  );
}

/** F6: the first control of the next pane. */
function nextPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")];
  const current = panes.findIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(current + step + panes.length) % panes.length];
  const target = pane?.querySelector<HTMLElement>('button:not([disabled]), a[href], input, [tabindex="0"]') ?? pane;
  target?.focus();
}
