import { Badge, type BadgeProps } from "@fluentui/react-components";
import {
  CalendarClock16Regular,
  CheckmarkCircle16Regular,
  DismissCircle16Regular,
  Info16Regular,
  Warning16Regular,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";
import type { AccessTypeInfo } from "@/ipc/generated/AccessTypeInfo";

type Look = { color: BadgeProps["color"]; icon: ReactElement };

const looks: Record<string, Look> = {
  works: { color: "success", icon: <CheckmarkCircle16Regular aria-hidden /> },
  dated: { color: "warning", icon: <CalendarClock16Regular aria-hidden /> },
  unsupported: { color: "warning", icon: <Warning16Regular aria-hidden /> },
  retired: { color: "danger", icon: <DismissCircle16Regular aria-hidden /> },
  not_rated: { color: "informative", icon: <Info16Regular aria-hidden /> },
};

const plain: Look = { color: "informative", icon: <Info16Regular aria-hidden /> };

/** The method, today: icon and words. */
export function AccessTypeBadge({ entry }: { entry: AccessTypeInfo }) {
  const look = looks[entry.badge.kind] ?? plain;
  return (
    <Badge appearance="tint" color={look.color} icon={look.icon}>
      {entry.badge.text}
    </Badge>
  );
}
