import { act, screen, waitFor, within } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { CommandError } from "@/ipc/problem";
import { renderScreen } from "@/testing/render";
import { type Column, PagedTable, type Sorted } from "./PagedTable";
import { nothing, type Selection } from "./selection";

type Row = { id: number; name: string };

const columns: Column<Row, "name">[] = [
  { id: "id", header: "ID", width: 80, render: (row) => row.id },
  { id: "name", header: "Name", width: 200, sortBy: "name", render: (row) => row.name },
];

type Options = {
  total?: number;
  /** What is selected at first. */
  selected?: readonly number[];
  fail?: boolean;
  onOpen?: (row: Row) => void;
  onPage?: (offset: number, limit: number) => void;
  onSelect?: (selection: Selection<number>) => void;
  /** What a page waits for. */
  until?: (sort: Sorted<"name">) => Promise<void> | undefined;
};

function Table({ total = 50_000, selected = [], fail, onOpen, onPage, onSelect, until }: Options) {
  const [selection, setSelection] = useState<Selection<number>>({ kind: "listed", keys: new Set(selected) });
  const [sort, setSort] = useState<Sorted<"name">>();
  return (
    <PagedTable<Row, number, { total: number; rows: Row[] }, "name">
      label="Things"
      columns={columns}
      source={(offset, limit) => ({
        queryKey: ["things", total, sort, offset],
        queryFn: async () => {
          onPage?.(offset, limit);
          await until?.(sort);
          if (fail) {
            throw new CommandError({ code: "internal", message: "The disk is gone.", hint: "Plug it in." });
          }
          const length = Math.min(limit, total - offset);
          return {
            total,
            rows: Array.from({ length }, (_, index) => ({ id: offset + index, name: `Row ${offset + index}` })),
          };
        },
      })}
      rowKey={(row) => row.id}
      rowName={(row) => row.name}
      sort={sort}
      onSort={setSort}
      selection={selection}
      onSelectionChange={(next) => {
        setSelection(next);
        onSelect?.(next);
      }}
      onOpen={onOpen}
      empty={<p>Nothing here.</p>}
    />
  );
}

it("announces 50,000 rows and holds one page of them", async () => {
  const pages: number[] = [];
  await renderScreen(<Table onPage={(offset) => pages.push(offset)} />);
  const grid = await screen.findByRole("grid", { name: "Things" });
  await waitFor(() => expect(grid).toHaveAttribute("aria-rowcount", "50001"));
  expect(await screen.findByText("Row 0")).toBeVisible();
  expect(within(grid).getAllByRole("row").length).toBeLessThan(60);
  expect(pages).toEqual([0]);
});

it("is one tab stop: arrows move inside, Enter opens, Space selects", async () => {
  const onOpen = vi.fn();
  const { user } = await renderScreen(<Table onOpen={onOpen} />);
  await screen.findByText("Row 0");
  const grid = screen.getByRole("grid");
  await user.tab();
  expect(grid).toHaveFocus();
  await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  expect(onOpen).toHaveBeenCalledExactlyOnceWith({ id: 2, name: "Row 2" });
  await user.keyboard(" ");
  expect(screen.getByRole("checkbox", { name: "Select Row 2" })).toBeChecked();
  expect(screen.getByRole("status")).toHaveTextContent("50,000 rows, 1 selected");
  await user.tab();
  expect(grid.contains(document.activeElement)).toBe(false);
});

it("selects all that match with Ctrl+A, also those that are not loaded", async () => {
  const onSelect = vi.fn();
  const { user } = await renderScreen(<Table onSelect={onSelect} />);
  await screen.findByText("Row 0");
  screen.getByRole("grid").focus();
  await user.keyboard("{Control>}a{/Control}");
  expect(onSelect).toHaveBeenLastCalledWith({ kind: "matching" });
  expect(screen.getByRole("status")).toHaveTextContent("50,000 selected");
});

it("sorts up, down, and not at all", async () => {
  const { user } = await renderScreen(<Table />);
  const header = await screen.findByRole("columnheader", { name: "Name" });
  expect(header).toHaveAttribute("aria-sort", "none");
  expect(screen.getByRole("columnheader", { name: "ID" })).not.toHaveAttribute("aria-sort");
  for (const expected of ["ascending", "descending", "none"]) {
    await user.click(header);
    expect(header).toHaveAttribute("aria-sort", expected);
  }
});

it("tells how the rows that are shown are sorted; that others come, only once they take their time", async () => {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const { user } = await renderScreen(<Table until={(sort) => (sort === undefined ? undefined : promise)} />);
  await screen.findByText("Row 0");
  const grid = screen.getByRole("grid");
  const header = screen.getByRole("columnheader", { name: "Name" });
  await user.click(header);
  expect(header).toHaveAttribute("aria-sort", "none");
  expect(grid).toHaveAttribute("aria-busy", "false");
  await waitFor(() => expect(grid).toHaveAttribute("aria-busy", "true"));
  expect(header).toHaveAttribute("aria-sort", "ascending");
  await act(async () => resolve());
  await waitFor(() => expect(grid).toHaveAttribute("aria-busy", "false"));
  expect(header).toHaveAttribute("aria-sort", "ascending");
});

it("does not claim that all rows are selected where there are none", async () => {
  await renderScreen(<Table total={0} selected={[7]} />);
  expect(await screen.findByText("Nothing here.")).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "Select all that match" })).toBePartiallyChecked();
});

it("says that nothing is there", async () => {
  await renderScreen(<Table total={0} />);
  expect(await screen.findByText("Nothing here.")).toBeVisible();
  expect(screen.getByRole("status")).toHaveTextContent("0 rows");
});

it("shows what failed, with a way to try again", async () => {
  await renderScreen(<Table fail />);
  expect(await screen.findByText(/The disk is gone/)).toBeVisible();
  expect(screen.getByText("Plug it in.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeEnabled();
  expect(screen.getByRole("button", { name: "Copy details" })).toBeEnabled();
});

it("draws only the rows again that changed", async () => {
  const drawn = vi.fn((row: Row) => row.name);
  const counted: Column<Row, "name">[] = [{ id: "name", header: "Name", width: 200, render: drawn }];
  const rows = Array.from({ length: 5 }, (_, index) => ({ id: index, name: `Row ${index}` }));
  const source = () => ({ queryKey: ["few"], queryFn: async () => ({ total: rows.length, rows }) });
  const { user } = await renderScreen(<Choosing columns={counted} source={source} />);
  await screen.findByText("Row 4");
  drawn.mockClear();
  await user.click(screen.getByRole("checkbox", { name: "Select Row 3" }));
  expect(screen.getByRole("checkbox", { name: "Select Row 3" })).toBeChecked();
  // The one that was chosen, and the one the keyboard has left.
  expect(new Set(drawn.mock.calls.map(([row]) => row.id))).toEqual(new Set([0, 3]));
});

type ChoosingProps = {
  columns: Column<Row, "name">[];
  source: () => { queryKey: string[]; queryFn: () => Promise<{ total: number; rows: Row[] }> };
};

function Choosing({ columns, source }: ChoosingProps) {
  const [selection, setSelection] = useState<Selection<number>>(nothing);
  return (
    <PagedTable<Row, number, { total: number; rows: Row[] }, "name">
      label="Things"
      columns={columns}
      source={source}
      rowKey={(row) => row.id}
      rowName={(row) => row.name}
      selection={selection}
      onSelectionChange={setSelection}
      empty={<p>Nothing here.</p>}
    />
  );
}
