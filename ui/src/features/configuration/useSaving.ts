import { type Dispatch, type RefObject, useState } from "react";
import { useNotify } from "@/components/toast";
import { type AppCredentialFields, credentialForSave, wipe } from "./appCredential";
import { focusFirst, forbidSave } from "./blocking";
import type { FormAction, FormState } from "./formState";
import { savedText, useSave } from "./mutations";
import { passwordForSave, proxyPasswordTyped } from "./passwordChange";
import type { Report } from "./useReport";
import type { Validation } from "./useValidation";

type Parts = {
  organization: number;
  keyStoreAvailable: boolean;
  state: FormState;
  dispatch: Dispatch<FormAction>;
  validation: Validation;
  report: Report;
  page: RefObject<HTMLElement | null>;
  password: RefObject<HTMLInputElement | null>;
  proxyPassword: RefObject<HTMLInputElement | null>;
  credential: AppCredentialFields;
};

/** Saves the form; what was typed as a password is handed over once and wiped from its field. */
export function useSaving(parts: Parts) {
  const {
    organization,
    keyStoreAvailable,
    state,
    dispatch,
    validation,
    report,
    page,
    password,
    proxyPassword,
    credential,
  } = parts;
  const [saving, setSaving] = useState(false);
  const notify = useNotify();
  const send = useSave();
  const save = async (): Promise<boolean> => {
    report.begin();
    setSaving(true);
    try {
      const { form, messages } = await validation.submit();
      const wrong = forbidSave(messages);
      if (wrong.length > 0) {
        focusFirst(wrong, page.current);
        return false;
      }
      const change = passwordForSave(state.password, state.savedKeep, password.current?.value ?? "");
      const proxy = proxyPasswordTyped(proxyPassword.current);
      const appCredential = await credentialForSave({ ...state, form }, credential);
      const saved = await send({ organization, form, password: change, ...proxy, appCredential });
      for (const field of [password, proxyPassword]) if (field.current) field.current.value = "";
      wipe(credential);
      dispatch({ kind: "load", configuration: saved.configuration, keyStoreAvailable });
      notify({ intent: "success", ...savedText(saved) });
      return true;
    } catch (thrown) {
      report.fail("It wasn't saved.", thrown);
      return false;
    } finally {
      setSaving(false);
    }
  };
  return { saving, save };
}
