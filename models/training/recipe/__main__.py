import argparse
from pathlib import Path
import torch, time
from . import prepare, contrast
a=argparse.ArgumentParser()
for n in ("start","tokenizer","intents","pairs","out"): a.add_argument("--"+n,type=Path,required=True)
a.add_argument("--dialogues",type=Path); a.add_argument("--leave-out",action="append",default=[]); a.add_argument("--minutes",type=float,default=60)
a.add_argument("--set",action="append",default=[])
a=a.parse_args(); a.out.mkdir(parents=True,exist_ok=True)
torch.set_num_threads(2); torch.manual_seed(0)
t0=time.time()
log=lambda m: print(f"[{time.time()-t0:.0f}s] {m}",flush=True)
s=contrast.Settings(minutes=a.minutes,**{k:type(getattr(contrast.Settings,k))(float(v)) for k,v in (x.split("=") for x in a.set)})
prepare.trainer(a,s,log).train(a.out)
