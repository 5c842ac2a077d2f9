#!/usr/bin/env bash
# A plan of a reproduction as an array of Slurm's, on this machine alone: `tests/slurm.sh REPRODUCE`. Needs root and Debian's slurm-wlm and munge;
# says so where they are not there, and ends with 77.
set -euo pipefail

program=$(realpath "$1")
cannot() { echo "Slurm cannot be tried here: $1" >&2; exit 77; }
((EUID == 0)) || cannot "its controller is started by root"
for needed in slurmctld slurmd sbatch munged; do
    command -v "$needed" >/dev/null || cannot "there is no $needed; install slurm-wlm and munge"
done

scratch=$(mktemp -d)
export SLURM_CONF=$scratch/slurm.conf
stop() {
    pkill -F "$scratch/slurmd.pid" 2>/dev/null || true
    pkill -F "$scratch/slurmctld.pid" 2>/dev/null || true
    rm -rf "$scratch"
}
trap stop EXIT
chmod 755 "$scratch"
mkdir "$scratch/state" "$scratch/spool"
cat >"$SLURM_CONF" <<CONF
ClusterName=loopback
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.pid
SlurmctldLogFile=$scratch/slurmctld.log
SlurmdLogFile=$scratch/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
JobRequeue=1
MailProg=/bin/true
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
pgrep -x munged >/dev/null || {
    [[ -f /etc/munge/munge.key ]] || /usr/sbin/create-munge-key -f >/dev/null 2>&1 || mungekey --create --force
    mkdir -p /run/munge && chown munge /run/munge
    runuser -u munge -- munged || cannot "munged does not start"
}
slurmctld -i || cannot "slurmctld does not start: $(tail -1 "$scratch/slurmctld.log" 2>/dev/null)"
slurmd || cannot "slurmd does not start: $(tail -1 "$scratch/slurmd.log" 2>/dev/null)"
for _ in $(seq 50); do
    [[ $(sinfo -h -o %T 2>/dev/null) == idle ]] && break
    sleep 0.2
done
[[ $(sinfo -h -o %T) == idle ]] || cannot "its node is $(sinfo -h -o %T 2>&1)"

cd "$scratch"
mkdir data
reproduce() { "$program" run softmax_digits mlp_digits --seeds 2 --threads 1 --offline --data-dir data --runs "$@"; }
reproduce itself --jobs 1 >/dev/null 2>&1
reproduce array --plan >plan
sbatch --wait --array=1-"$(wc -l <plan)" --requeue --output=/dev/null --wrap 'sh -c "$(sed -n ${SLURM_ARRAY_TASK_ID}p plan)"'
reproduce array >/dev/null 2>made
[[ ! -s made ]] || { cat made >&2; exit 1; }
bits() { (cd "$1"/*/flex && grep -o '"weights_sha256": *"[^"]*"' */seed*/report.json | sort); }
diff <(bits itself) <(bits array)
echo "$(wc -l <plan) runs by an array of Slurm's: the bits of a reproduction by itself"
