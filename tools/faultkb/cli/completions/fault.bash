# 由 fault completion bash 输出：eval "$(fault completion bash)"
_fault_completion() {
    local IFS=$'\n' response type value
    COMPREPLY=()
    # The program as it was typed, which may be tools/fault. Whatever it complains of must not land in the line.
    response=$(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _FAULT_COMPLETE=bash_complete "${1/#\~/$HOME}" 2>/dev/null)
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            plain)
                [[ ${COMP_WORDS[COMP_CWORD]} == [\"\']* ]] || value=${value// /\\ }
                COMPREPLY+=("$value")
                ;;
        esac
    done <<<"$response"
}
# An older bash only sorts.
complete -o nosort -F _fault_completion fault 2>/dev/null || complete -F _fault_completion fault
