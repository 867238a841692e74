# What is done under auditd and under Yagura at once, as a user of its own: files, names, a connection, a signal, a program.
import os
import socket
import sys

user = int(sys.argv[1])
child = os.fork()
if child == 0:
    os.setuid(user)
    folder = sys.argv[2]
    os.chdir(folder)
    try:
        os.open("/etc/shadow", os.O_RDONLY)
    except OSError:
        pass
    try:
        os.open("missing", os.O_RDONLY)
    except OSError:
        pass
    os.close(os.open(f'{folder}/a "b', os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        socket.socket().connect(("127.0.0.1", 9))
    except OSError:
        pass
    os.chmod(f'{folder}/a "b', 0o640)
    os.rename(f'{folder}/a "b', f"{folder}/c d")
    os.unlink(f"{folder}/c d")
    os.mkdir(f"{folder}/d")
    os.rmdir(f"{folder}/d")
    os.symlink("/etc/passwd", f"{folder}/l")
    os.unlink(f"{folder}/l")
    try:
        os.kill(1, 0)
    except OSError:
        pass
    os.execve("/bin/echo", ["echo", "a b", "x"], {})
os.waitpid(child, 0)
