import { MenuItem } from "@fluentui/react-components";
import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { renderScreen } from "@/testing/render";
import { RowActions } from "./RowActions";

function Place({ onDelete }: { onDelete: (of: string) => void }) {
  const [of, setOf] = useState("ada@contoso.com");
  return (
    <RowActions of={of}>
      <MenuItem onClick={() => onDelete(of)}>Delete</MenuItem>
      <MenuItem persistOnClick onClick={() => setOf("ben@contoso.com")}>
        Sort
      </MenuItem>
    </RowActions>
  );
}

it("opens, acts, and gives the focus back", async () => {
  const onDelete = vi.fn();
  const { user } = await renderScreen(<Place onDelete={onDelete} />);
  const button = await screen.findByRole("button", { name: "Actions for ada@contoso.com" });
  expect(button).toHaveAttribute("aria-expanded", "false");
  await user.click(button);
  expect(screen.getByRole("menu", { name: "Actions for ada@contoso.com" })).toBeVisible();
  expect(button).toHaveAttribute("aria-expanded", "true");
  await user.click(button);
  expect(screen.queryByRole("menu")).not.toBeInTheDocument();
  await user.click(button);
  await user.click(screen.getByRole("menuitem", { name: "Delete" }));
  expect(onDelete).toHaveBeenCalledExactlyOnceWith("ada@contoso.com");
  expect(button).toHaveFocus();
});

it("is closed when its place shows another row", async () => {
  const { user } = await renderScreen(<Place onDelete={() => {}} />);
  await user.click(await screen.findByRole("button", { name: "Actions for ada@contoso.com" }));
  await user.click(screen.getByRole("menuitem", { name: "Sort" }));
  expect(screen.getByRole("button", { name: "Actions for ben@contoso.com" })).toBeVisible();
  expect(screen.queryByRole("menu")).not.toBeInTheDocument();
});
