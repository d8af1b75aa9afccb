import type { Ability } from "$generated/Ability";
import type { ControlView } from "$generated/ControlView";

/** Whether this can be done with a call now. */
export function can(controls: ControlView[], ability: Ability): boolean {
  return controls.some((control) => control.ability === ability && !control.cannot);
}

/** Whether this would fit the call, and cannot be done from here. */
export function cannot(controls: ControlView[], ability: Ability): boolean {
  return controls.some((control) => control.ability === ability && control.cannot);
}
