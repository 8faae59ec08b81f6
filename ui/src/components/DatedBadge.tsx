import { type BadgeProps, Badge as FluentBadge } from "@fluentui/react-components";
import {
  CalendarClock16Regular,
  CheckmarkCircle16Regular,
  DismissCircle16Regular,
  Info16Regular,
  Warning16Regular,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";
import type { Badge } from "@/ipc/generated/Badge";

type Look = { color: BadgeProps["color"]; icon: ReactElement };

const looks: Record<string, Look> = {
  works: { color: "success", icon: <CheckmarkCircle16Regular aria-hidden /> },
  dated: { color: "warning", icon: <CalendarClock16Regular aria-hidden /> },
  unsupported: { color: "warning", icon: <Warning16Regular aria-hidden /> },
  retired: { color: "danger", icon: <DismissCircle16Regular aria-hidden /> },
};

const plain: Look = { color: "informative", icon: <Info16Regular aria-hidden /> };

/** How a method stands today: icon and words. */
export function DatedBadge({ badge }: { badge: Badge }) {
  const look = looks[badge.kind] ?? plain;
  return (
    <FluentBadge appearance="tint" color={look.color} icon={look.icon}>
      {badge.text}
    </FluentBadge>
  );
}
