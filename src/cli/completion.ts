// What a running server knows is asked of it: names and arguments of commands, hosts, users.

const BASH = `# tercetctl completion bash > /etc/bash_completion.d/tercetctl
_tercetctl() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at=1 options=() synopsis
  while [[ \${COMP_WORDS[at]} == -* && $at -lt $COMP_CWORD ]]; do
    options+=("\${COMP_WORDS[at]}")
    case \${COMP_WORDS[at]} in
      --data | --config | --host)
        at=$((at + 1))
        options+=("\${COMP_WORDS[at]}")
        ;;
    esac
    at=$((at + 1))
  done
  local ask=("\${COMP_WORDS[0]}" "\${options[@]}")
  if [[ $COMP_CWORD -le $at ]]; then
    if [[ $cur == -* ]]; then
      COMPREPLY=($(compgen -W "--data --config --json --host --help --version" -- "$cur"))
    else
      local names="$("\${ask[@]}" help names 2>/dev/null | cut -d ' ' -f 1)"
      COMPREPLY=($(compgen -W "help started stopped completion $names" -- "$cur"))
    fi
    return
  fi
  case \${COMP_WORDS[at]} in
    help) COMPREPLY=($(compgen -W "tags $("\${ask[@]}" help names 2>/dev/null | cut -d ' ' -f 1)" -- "$cur")) ; return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$cur")) ; return ;;
  esac
  synopsis=($("\${ask[@]}" help names 2>/dev/null | grep "^\${COMP_WORDS[at]//-/_} "))
  case \${synopsis[COMP_CWORD - at]} in
    host | localhost) COMPREPLY=($(compgen -W "$("\${ask[@]}" registered_vhosts 2>/dev/null)" -- "$cur")) ;;
  esac
}
complete -F _tercetctl tercetctl
`;

const ZSH = `# tercetctl completion zsh > "\${fpath[1]}/_tercetctl"
autoload -U +X bashcompinit && bashcompinit
${BASH}`;

const FISH = `# tercetctl completion fish > ~/.config/fish/completions/tercetctl.fish
complete -c tercetctl -f
complete -c tercetctl -n __fish_use_subcommand -a "(tercetctl help names 2>/dev/null | string split -f 1 ' ')"
complete -c tercetctl -n __fish_use_subcommand -a "help started stopped completion"
complete -c tercetctl -n "__fish_seen_subcommand_from help" -a "(tercetctl help names 2>/dev/null | string split -f 1 ' ')"
complete -c tercetctl -l data -r -d "where the server has its data"
complete -c tercetctl -l config -r -d "the configuration of the server"
complete -c tercetctl -l host -x -d "the host of a command that takes one"
complete -c tercetctl -l json -d "print JSON"
`;

/** The script that gives a shell completion of commands; undefined for a shell that is not known. */
export function completion(shell: string): string | undefined {
  return new Map([
    ["bash", BASH],
    ["zsh", ZSH],
    ["fish", FISH],
  ]).get(shell);
}
