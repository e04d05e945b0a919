# 由 fault completion fish 输出：fault completion fish | source
function _fault_completion
    # The program as it was typed, which may be tools/fault. Whatever it complains of must not land in the line.
    set -l words (commandline -opc)
    set -l program (string replace -r '^~(?=/)' $HOME -- $words[1])
    set -l typed (commandline -t)
    for line in (env _FAULT_COMPLETE=fish_complete COMP_WORDS=(commandline -cp | string join ' ') COMP_CWORD="$typed" $program 2>/dev/null)
        set -l part (string split -m 1 , -- $line)
        switch $part[1]
            case dir
                __fish_complete_directories $part[2]
            case file
                __fish_complete_path $part[2]
            case plain
                echo $part[2]
        end
    end
end
complete --no-files --keep-order --command fault --arguments "(_fault_completion)"
