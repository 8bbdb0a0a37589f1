# Runs a program in a terminal of its own: waits for each prompt, types the answer (null: Ctrl-C), and prints everything.
import json
import os
import pty
import sys
import termios

prompts = [(prompt.encode(), answer) for prompt, answer in json.loads(sys.argv[1])]
process, terminal = pty.fork()
if process == 0:
    # Ctrl-C must not throw away what the program still prints.
    modes = termios.tcgetattr(0)
    modes[3] |= termios.NOFLSH
    termios.tcsetattr(0, termios.TCSANOW, modes)
    os.execv(sys.argv[2], sys.argv[2:])
said = b""
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    said += piece
    while prompts and prompts[0][0] in said:
        prompt, answer = prompts.pop(0)
        os.write(terminal, b"\x03" if answer is None else answer.encode() + b"\n")
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
