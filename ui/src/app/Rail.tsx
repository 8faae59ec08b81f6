import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import {
  BookOpenFilled,
  BookOpenRegular,
  BuildingFilled,
  BuildingRegular,
  HistoryFilled,
  HistoryRegular,
  PeopleFilled,
  PeopleRegular,
  SettingsFilled,
  SettingsRegular,
} from "@fluentui/react-icons";
import { Link, useLocation } from "@tanstack/react-router";

/** The places of the rail; `digit` with Ctrl leads there (4 and 5 are kept for Monitor and Reports). */
export const places = [
  { to: "/organizations", digit: 1, label: "Organizations", icon: <BuildingRegular />, current: <BuildingFilled /> },
  { to: "/users", digit: 2, label: "Users", icon: <PeopleRegular />, current: <PeopleFilled /> },
  { to: "/activity", digit: 3, label: "Activity", icon: <HistoryRegular />, current: <HistoryFilled /> },
  { to: "/guide", digit: 6, label: "Guide", icon: <BookOpenRegular />, current: <BookOpenFilled /> },
  { to: "/settings", digit: 7, label: "Settings", icon: <SettingsRegular />, current: <SettingsFilled /> },
] as const;

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    flexShrink: 0,
    gap: tokens.spacingVerticalXS,
    width: "112px",
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalXS}`,
    boxSizing: "border-box",
    overflowY: "auto",
  },
  link: {
    display: "flex",
    flexDirection: "column",
    alignItems: "center",
    gap: tokens.spacingVerticalXXS,
    padding: `${tokens.spacingVerticalS} 0`,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    textDecorationLine: "none",
    ":hover": { backgroundColor: tokens.colorNeutralBackground2Hover, color: tokens.colorNeutralForeground2Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  current: {
    color: tokens.colorBrandForeground1,
    backgroundColor: tokens.colorNeutralBackground1,
    fontWeight: tokens.fontWeightSemibold,
    boxShadow: `inset 0 0 0 2px ${tokens.colorTransparentStrokeInteractive}`,
    "@media (forced-colors: active)": { outline: "1px solid Highlight" },
  },
  icon: { fontSize: tokens.fontSizeBase600, lineHeight: 1 },
});

/** Where one can go. A run belongs to its organization. */
export function Rail() {
  const styles = useStyles();
  const path = useLocation({ select: (location) => location.pathname });
  return (
    <nav className={styles.root} aria-label="Places" data-pane>
      {places.map((place) => {
        const here = path.startsWith(place.to) || (place.to === "/organizations" && path.startsWith("/runs/"));
        return (
          <Link
            key={place.to}
            to={place.to}
            className={mergeClasses(styles.link, here && styles.current)}
            aria-current={here ? "page" : undefined}
          >
            <span className={styles.icon} aria-hidden>
              {here ? place.current : place.icon}
            </span>
            {place.label}
          </Link>
        );
      })}
    </nav>
  );
}
