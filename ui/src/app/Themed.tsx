import { FluentProvider, teamsHighContrastTheme, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import type { Theme } from "@/ipc/generated/Theme";
import { useAppState } from "@/lib/appState";

/** The appearance chosen under Settings; `system` follows the operating system, its contrast themes too. */
export function Themed({ children }: { children: ReactNode }) {
  const chosen = useAppState()?.settings.theme ?? "system";
  const dark = useMedia("(prefers-color-scheme: dark)");
  const contrast = useMedia("(forced-colors: active)");
  const theme = resolved(chosen, dark, contrast);
  useEffect(() => {
    document.documentElement.style.colorScheme = theme === "light" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return (
    // A class would go to every portal too and lay it over the page: the height stands in main.css.
    <FluentProvider theme={themes[theme]} applyStylesToPortals>
      {children}
    </FluentProvider>
  );
}

const themes = { light: webLightTheme, dark: webDarkTheme, high_contrast: teamsHighContrastTheme } as const;

function resolved(chosen: Theme, dark: boolean, contrast: boolean): keyof typeof themes {
  if (chosen !== "system") {
    return chosen;
  }
  if (contrast) {
    return "high_contrast";
  }
  return dark ? "dark" : "light";
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => window.matchMedia(query).matches,
  );
}
