import type { OutcomeKind } from "$generated/OutcomeKind";
import { texts } from "$lib/language.svelte";

/** How a talk ended, in the order of the keys 1 to 5. */
export const OUTCOMES: OutcomeKind[] = ["resolved", "callBack", "order", "complaint", "wrongNumber"];

/** How a talk ended, in both windows. */
export const outcomeText = texts<{ title: string; kinds: Record<OutcomeKind, string> }>({
  ru: {
    title: "Итог",
    kinds: {
      resolved: "Решено",
      callBack: "Перезвонить",
      order: "Заказ",
      complaint: "Жалоба",
      wrongNumber: "Ошиблись",
    },
  },
  en: {
    title: "Outcome",
    kinds: {
      resolved: "Resolved",
      callBack: "Call back",
      order: "Order",
      complaint: "Complaint",
      wrongNumber: "Wrong number",
    },
  },
});
