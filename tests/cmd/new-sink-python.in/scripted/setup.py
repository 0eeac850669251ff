from setuptools import setup

setup(packages=["scripted"])
