import { Input, type InputProps } from "@fluentui/react-components";
import type { ComponentPropsWithRef, ElementType, RefObject } from "react";

type SecretInputProps = Omit<InputProps, "value" | "defaultValue" | "input"> & {
  /** The only way to what is typed, and to wipe it. */
  inputRef: RefObject<HTMLInputElement | null>;
};

/** A field for a secret: what is typed is in the field alone, neither in a state nor in an attribute of the page. */
export function SecretInput({ inputRef, ...props }: SecretInputProps) {
  // An <input> has no children, so the type of its slot does not know that it can be drawn by a function too.
  return <Input {...props} value="" input={{ ref: inputRef, children: uncontrolled as never }} />;
}

/** Fluent holds the value of its element, and React writes what is held into the page: both end here. */
function uncontrolled(Element: ElementType, props: ComponentPropsWithRef<"input">) {
  const { value: _, ...rest } = props;
  return <Element {...rest} />;
}
