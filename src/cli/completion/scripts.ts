import { CliError, EXIT } from '../failures';

/**
 * Each asks `quayside __complete <words>`, so that what is offered is what the command knows, live names included.
 * In zsh the text is read as a file of its own at the first press of the key, and that press wants its answer as well.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_quayside() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(quayside __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _quayside quayside`,
  zsh: `#compdef quayside
_quayside() {
  local -a words_found
  words_found=("\${(@f)$(quayside __complete "\${words[@]:1:$((CURRENT-1))}" 2>/dev/null)}")
  compadd -a words_found
}
if [[ $funcstack[1] == _quayside ]]; then _quayside "$@"; else compdef _quayside quayside; fi`,
  fish: `function __quayside_complete
  set -l words (commandline -opc) (commandline -ct)
  quayside __complete $words[2..-1] 2>/dev/null
end
complete -c quayside -f -a '(__quayside_complete)'`,
};

export const SHELLS = Object.keys(SCRIPTS);

export function completionScript(shell: string): string {
  const script = SCRIPTS[shell];
  if (script !== undefined) return script;
  throw new CliError(`There is no completion for "${shell}".`, EXIT.usage, `one of: ${SHELLS.join(', ')}`);
}
