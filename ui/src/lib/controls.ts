import type { Ability } from "$generated/Ability";
import type { Cannot } from "$generated/Cannot";
import type { ControlView } from "$generated/ControlView";

/** Whether this can be done with a call now. */
export function can(controls: ControlView[], ability: Ability): boolean {
  return controls.some((control) => control.ability === ability && !control.cannot);
}

/** Whether a call can be sent to somebody else now. */
export function canSend(controls: ControlView[]): boolean {
  return (["route", "transferBlind", "transferAttended"] as const).some((ability) => can(controls, ability));
}

/** Whether this would fit the call, and cannot be done from here. */
export function cannot(controls: ControlView[], ability: Ability): boolean {
  return controls.some((control) => control.ability === ability && control.cannot);
}

/** What cannot be done, by the reason. */
export function missing(controls: ControlView[]): { why: Cannot; abilities: Ability[] }[] {
  const reasons: Cannot[] = ["onPhone", "notOffered", "noRight", "otherRole"];
  return reasons
    .map((why) => ({ why, abilities: controls.filter(({ cannot }) => cannot === why).map(({ ability }) => ability) }))
    .filter(({ abilities }) => abilities.length > 0);
}
