import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef, useState } from "react";
import { expect, test } from "vitest";
import { SecretInput } from "./SecretInput";

function Form() {
  const input = useRef<HTMLInputElement>(null);
  const [handedOver, setHandedOver] = useState(0);
  const send = () => {
    if (input.current) input.current.value = "";
    setHandedOver(handedOver + 1);
  };
  return (
    <>
      <SecretInput inputRef={input} type="text" aria-label="Password" />
      <button type="button" onClick={send}>{`Handed over ${handedOver} times`}</button>
    </>
  );
}

test("a secret is in its field alone, and stays wiped", async () => {
  const user = userEvent.setup();
  const { container } = render(<Form />);
  const field = screen.getByRole("textbox", { name: "Password" });
  await user.type(field, "Pa55!");
  expect(field).toHaveValue("Pa55!");
  expect(container.innerHTML).not.toContain("Pa55!");
  await user.click(screen.getByRole("button"));
  expect(screen.getByRole("button")).toHaveTextContent("1");
  expect(field).toHaveValue("");
});
