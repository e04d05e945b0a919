#compdef fault
# 由 fault completion zsh 输出：eval "$(fault completion zsh)"
_fault_completion() {
    local -a response plain described values
    local type value help typed=${(Q)words[CURRENT]}
    # The program as it was typed, which may be tools/fault. Whatever it complains of must not land in the line.
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT - 1)) _FAULT_COMPLETE=zsh_complete ${~${(Q)words[1]}} 2>/dev/null)}")
    for type value help in $response; do
        case $type in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain)
                values+=("$value")
                if [[ $help == _ ]]; then plain+=("$value"); else described+=("$value:$help"); fi
                ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#plain )) && compadd -U -V unsorted -a plain
    # A part of an id that fits several is kept and the ids are listed; what they share would take its place.
    local -a others=(${values:#${(b)typed}*})
    if (( $#values > 1 && $#others )); then
        compstate[insert]=
        compstate[list]='list force'
    fi
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _fault_completion "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _fault_completion fault
fi
