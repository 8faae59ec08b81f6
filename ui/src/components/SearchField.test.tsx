import { useQuery } from "@tanstack/react-query";
import { act, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { renderScreen } from "@/testing/render";
import { SearchField } from "./SearchField";

/** What is handed on comes back as the address does: later. */
function Screen({ onChange, late = 0 }: { onChange: (value: string) => void; late?: number }) {
  const [value, setValue] = useState("");
  const handOn = (next: string) => {
    onChange(next);
    setTimeout(() => act(() => setValue(next)), late);
  };
  return (
    <>
      <SearchField label="Filter" value={value} onChange={handOn} />
      <button type="button" onClick={() => setValue("")}>
        Clear
      </button>
    </>
  );
}

/** An answer is out for longer than anybody types. */
function Busy({ onChange }: { onChange: (value: string) => void }) {
  useQuery({ queryKey: ["slow"], queryFn: () => new Promise((done) => setTimeout(() => done(1), 5_000)) });
  return <Screen onChange={onChange} />;
}

it("hands a key on before it is drawn", async () => {
  const drawn: (string | null)[] = [];
  const onChange = vi.fn((_: string) => drawn.push(screen.getByRole("searchbox").getAttribute("value")));
  const { user } = await renderScreen(<Screen onChange={onChange} />);
  await user.type(await screen.findByRole("searchbox"), "a");
  expect(onChange).toHaveBeenCalledExactlyOnceWith("a");
  expect(drawn).toEqual([""]);
  expect(screen.getByRole("searchbox").getAttribute("value")).toBe("a");
});

it("keeps what was typed while the address was on its way", async () => {
  const onChange = vi.fn();
  const { user } = await renderScreen(<Screen onChange={onChange} late={40} />);
  const box = await screen.findByRole("searchbox");
  await user.type(box, "greta");
  await waitFor(() => expect(onChange).toHaveBeenLastCalledWith("greta"));
  await new Promise((done) => setTimeout(done, 100));
  expect(box).toHaveValue("greta");
});

it("follows an address that changes otherwise", async () => {
  const { user } = await renderScreen(<Screen onChange={() => {}} />);
  const box = await screen.findByRole("searchbox");
  await user.type(box, "ab");
  await user.click(screen.getByRole("button", { name: "Clear" }));
  await waitFor(() => expect(box).toHaveValue(""));
  await user.type(box, "ab");
  await user.keyboard("{Escape}");
  expect(box).toHaveValue("");
});

it("hands on only the newest while an answer is out", async () => {
  const onChange = vi.fn();
  const { user } = await renderScreen(<Busy onChange={onChange} />);
  await user.type(await screen.findByRole("searchbox"), "abc");
  await waitFor(() => expect(onChange).toHaveBeenCalled());
  expect(onChange.mock.calls).toEqual([["abc"]]);
});
